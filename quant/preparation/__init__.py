"""Fitting declared steps on the training part: arrays in, plain numbers out. What serves never comes in here."""
