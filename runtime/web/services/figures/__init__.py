"""Figures for operators. The janitor counts most of them, and web may not read what it counts."""
