"""A completed run performed again: the same checks repeated, named measures by a path of their own, row by row."""
