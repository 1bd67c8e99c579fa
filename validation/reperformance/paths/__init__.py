"""The independent paths: each measure from its definition, by other code and another library than its check's.

Nothing here imports `quant`, the checks or what they share: a mistake there shows as a difference.
"""
