"""What the database itself refuses on policy packs and their reviews."""

from audit.guards import Guard, On, append_only

_PACK = "validation_policypack"
_REVIEW = "validation_packreview"
_SKIPPING = (
    "NEW.revision <> 1 + COALESCE((SELECT MAX(p.revision) FROM validation_policypack p"
    " WHERE p.slug = NEW.slug), 0)"
)
_GOING_BACK = (
    "EXISTS (SELECT 1 FROM validation_policypack p WHERE p.slug = NEW.slug"
    " AND p.effective_from IS NOT NULL"
    " AND (NEW.effective_from IS NULL OR p.effective_from > NEW.effective_from))"
)
_OF_ITS_INSTALLER = (
    "NEW.person_id = (SELECT u.person_id FROM validation_policypack p JOIN accounts_user u"
    " ON u.id = p.installed_by_id WHERE p.id = NEW.pack_id)"
)
_OF_SOMEBODY_ELSE = "NEW.person_id <> (SELECT person_id FROM accounts_user WHERE id = NEW.user_id)"
_OF_ANOTHER_TEXT = "NEW.evidence_digest <> (SELECT digest FROM validation_policypack WHERE id = NEW.pack_id)"


def _at_insert(table: str, name: str, condition: str, words: str) -> Guard:
    return Guard(f"{table}_{name}", table, On.INSERT, condition, f"{table}: {words}")


GUARDS = (
    *append_only(_PACK, "id", ("slug", "revision"), ("digest",)),
    _at_insert(_PACK, "in_turn", _SKIPPING, "revisions follow one another"),
    _at_insert(_PACK, "onwards", _GOING_BACK, "a revision takes no effect before the one it follows"),
    *append_only(_REVIEW, "id", ("pack_id", "person_id")),
    _at_insert(_REVIEW, "by_another", _OF_ITS_INSTALLER, "whoever installed a pack does not review it"),
    _at_insert(_REVIEW, "person", _OF_SOMEBODY_ELSE, "the person is not the signing user's"),
    _at_insert(_REVIEW, "of_its_text", _OF_ANOTHER_TEXT, "what was signed is not this pack"),
)
