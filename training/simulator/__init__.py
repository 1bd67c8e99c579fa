"""Portfolios nobody lent: made from stated parameters, so what a pipeline finds can be compared with what is true."""
