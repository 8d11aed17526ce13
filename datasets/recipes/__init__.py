"""What a data set is made from, before anything is simulated: recipes, imports, splits."""
