"""The demo's agents: they really summarise and find keywords."""

from __future__ import annotations

from treadle.demo.texts import ARTICLES, find_keywords, summarise


def test_keywords_are_the_words_that_occur_most() -> None:
    text = "The cat saw the dog. The dog saw the cat, and the cat ran to the river."

    assert find_keywords(text, number=2) == ["cat", "saw"]


def test_a_summary_holds_whole_sentences_of_the_text_in_their_order() -> None:
    text = ARTICLES["tides"]

    summary = summarise(text, sentences=3)

    sentences = [sentence.strip() + "." for sentence in summary.split(".") if sentence.strip()]
    assert len(sentences) == 3
    assert [text.index(sentence) for sentence in sentences] == sorted(text.index(sentence) for sentence in sentences)
    assert len(summary) < len(text)


def test_the_sentence_about_what_the_text_is_about_wins() -> None:
    text = "It was late. Bees visit flowers because flowers feed bees. Nobody knew."

    assert summarise(text, sentences=1) == "Bees visit flowers because flowers feed bees."


def test_nothing_is_summed_up_to_nothing() -> None:
    assert (summarise(""), find_keywords("")) == ("", [])
