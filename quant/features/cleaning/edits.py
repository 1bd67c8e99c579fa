"""How many single edits lie between two words."""


def distance(first: str, second: str) -> int:
    """Damerau–Levenshtein: insert, delete, replace a letter, or swap two neighbours (Lowrance and Wagner 1975)."""
    rows, columns = len(first) + 2, len(second) + 2
    furthest = len(first) + len(second)
    table = [[furthest] * columns for _ in range(rows)]
    for row in range(1, rows):
        table[row][1] = row - 1
    for column in range(1, columns):
        table[1][column] = column - 1
    last_row_of: dict[str, int] = {}
    for row in range(2, rows):
        last_match = 1
        for column in range(2, columns):
            match_row = last_row_of.get(second[column - 2], 1)
            swapped = (
                table[match_row - 1][last_match - 1] + (row - match_row - 1) + 1 + (column - last_match - 1)
            )
            is_same = first[row - 2] == second[column - 2]
            table[row][column] = min(
                table[row - 1][column - 1] + (0 if is_same else 1),
                table[row][column - 1] + 1,
                table[row - 1][column] + 1,
                swapped,
            )
            if is_same:
                last_match = column
        last_row_of[first[row - 2]] = row
    return table[-1][-1]
