"""Vega-Lite specs made by Altair once per shape, without data."""
