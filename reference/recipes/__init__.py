"""Recipes: official releases of a genome, its genes and its tracks -> a bundle."""
