"""The Settings page: what the organisation has set, edited in the files of data/settings."""
