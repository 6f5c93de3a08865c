"""What an organisation's LLM usage costs: ingest, store, questions, answers and how they look."""
