"""Brings results back whose objects S3 has restored."""
