"""How many single edits lie between two words, as far as it matters."""


def distance(first: str, second: str, most: int) -> int:
    """Damerau–Levenshtein: insert, delete, replace a letter, or swap two neighbours (Lowrance and Wagner 1975); any
    number above `most` where it is larger than `most`.

    A cell (row, column) costs at least |row − column| edits, so only a band of the table is looked at.
    """
    rows, columns = len(first) + 2, len(second) + 2
    if abs(rows - columns) > most:
        return most + 1
    furthest = len(first) + len(second) + 1
    table = [[furthest] * columns for _ in range(rows)]
    for row in range(1, rows):
        table[row][1] = row - 1
    table[1][1:] = range(columns - 1)
    last_row_of: dict[str, int] = {}
    for row in range(2, rows):
        _fill_row(table, row, (first, second, most), last_row_of)
        last_row_of[first[row - 2]] = row
    return table[-1][-1]


def _fill_row(
    table: list[list[int]], row: int, words: tuple[str, str, int], last_row_of: dict[str, int]
) -> None:
    first, second, most = words
    letter, last_match, above, here = first[row - 2], 1, table[row - 1], table[row]
    for column in range(max(2, row - most), min(len(second) + 2, row + most + 1)):
        other = second[column - 2]
        match_row = last_row_of.get(other, 1)
        swapped = table[match_row - 1][last_match - 1] + (row - match_row) + (column - last_match) - 1
        is_same = letter == other
        here[column] = min(
            above[column - 1] + (not is_same), here[column - 1] + 1, above[column] + 1, swapped
        )
        if is_same:
            last_match = column
