"""The Streamlit side: signing in, the sidebar, panels and cards."""
