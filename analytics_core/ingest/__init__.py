"""How dropped files become events: the one door into the store."""
