"""Sources of data sets, before anything is simulated: recipes, imports, splits."""
