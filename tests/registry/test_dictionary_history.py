"""What one reason dictionary changed against another."""

from __future__ import annotations

from registry.dictionary_history import Change, CodeChange, TextChange, differences


def stored(**texts):
    listed = [{"key": key, "code": key.upper(), "texts": {"en": said}} for key, said in texts.items()]
    return {"format": "reason-dictionary/1", "reasons": listed}


def test_each_text_that_came_went_or_changed_is_told_by_language():
    found = differences(stored(age="Age", debt="Debt"), stored(age="Your age", income="Income"))
    assert set(found.texts) == {
        TextChange(Change.CHANGED, "age", "en", "Age", "Your age"),
        TextChange(Change.ADDED, "income", "en", "", "Income"),
        TextChange(Change.REMOVED, "debt", "en", "Debt", ""),
    }
    assert found.codes == ()


def test_the_same_dictionary_differs_in_nothing_and_order_is_no_change():
    found = differences(stored(age="Age", debt="Debt"), stored(debt="Debt", age="Age"))
    assert (found.texts, found.codes) == ((), ())


def test_code_that_a_notice_prints_is_told_apart():
    after = stored(age="Age")
    after["reasons"][0]["code"] = "R07"
    assert differences(stored(age="Age"), after).codes == (CodeChange("age", "AGE", "R07"),)
