"""The version that /health and the API's description say."""

VERSION = "0.1.0"
