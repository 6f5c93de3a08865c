"""One definition per exporter: how to recognise its files and what their columns mean."""
