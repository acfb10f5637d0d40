"""A report's further figures: metrics as people count, what one more point is worth, and how far the world may change."""

import streamlit as st

from app.ui import session
from app.ui.page import note, section, sentences, t, w
from core.impact import metric_sentences as say
from core.impact import particulars
from core.impact.report import ImpactReport
from core.impact.scenario_sentences import turning_sentence
from core.impact.setting import setting_of


def show_plain_figures(report: ImpactReport) -> None:
    """Metrics on the left, what one more point of them is worth on the right."""
    words, setting = w(), setting_of(report)
    found = particulars.particulars_of(session.workspace(), session.principal(), report)
    left, right = st.columns(2, gap="medium")
    with left:
        section(t("How often the model is right"), t("{rows} test cases; 95% confidence", rows=words.number(found.metrics.rows)))
        sentences(say.metric_sentences(words, setting, found.metrics))
    with right:
        section(t("What one more point is worth"), t("first if nothing else changes, then with this model"))
        told = [sentence for worth in (found.reach, found.hits) for sentence in say.point_sentences(words, setting, worth)]
        if told:
            sentences(told)
        else:
            note(t("There is no point left to gain, or too few cases to tell."))


def show_turning_points(report: ImpactReport) -> None:
    """At which share, number and capacity the model stops paying; nothing where it never would."""
    words, setting = w(), setting_of(report)
    found = particulars.particulars_of(session.workspace(), session.principal(), report)
    if found.turning:
        section(t("How far the world may change"), t("one assumption at a time, all others as they are"))
        sentences([turning_sentence(words, setting, point) for point in found.turning])
