"""Answers with names: a View goes in, a frozen result comes out."""
