"""What the app answers over HTTP beside its pages."""
