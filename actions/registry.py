"""Step 4: every action by the name under which Rasa calls it (`domain.yml`, `actions`)."""

from __future__ import annotations

from rasa_sdk.executor import ActionExecutor

from actions import (
    assessment_form,
    cards,
    checking,
    keeping,
    language_offer,
    leaving,
    office_choice,
    opening,
    referral,
    referral_form,
    screens,
    unclear,
)
from actions.knowledge import Knowledge
from actions.turn import Answering, Named

ACTIONS: dict[str, Answering] = {
    "validate_assessment_form": assessment_form.hear_and_ask,
    "validate_referral_form": referral_form.hear_and_ask,
    "validate_reply_form": referral.hear_reply,
    "action_choose_language": opening.choose_language,
    "action_set_language": opening.set_language,
    "action_notice": opening.notice,
    "action_menu": opening.menu,
    "action_begin": opening.begin,
    "action_browse": opening.browse,
    "action_stay": opening.stay,
    "action_resume": screens.resume,
    "action_back": screens.back,
    "action_explain": screens.explain,
    "action_not_text": screens.not_text,
    "action_greet": screens.aside("greet"),
    "action_thank": screens.aside("thank"),
    "action_goodbye": screens.aside("goodbye"),
    "action_out_of_scope": screens.aside("out_of_scope"),
    "action_old_button": referral.old_button,
    "action_read_back": checking.read_back,
    "action_group": checking.group,
    "action_group_same": checking.group_same,
    "action_group_differs": checking.group_differs,
    "action_asylum_notice": checking.asylum_notice,
    "action_tell_fear": checking.tell_fear,
    "action_verdict": checking.verdict,
    "action_change_answer": checking.change_answer,
    "action_start_over_sure": checking.start_over_sure,
    "action_start_over": checking.start_over,
    "action_contact": referral.contact,
    "action_send_referral": referral.send,
    "action_not_now": referral.not_now,
    "action_status": referral.status,
    "action_withdraw_sure": referral.withdraw_sure,
    "action_withdraw": referral.withdraw,
    "action_write_to_office": referral.write,
    "action_send_reply": referral.send_reply,
    "action_border": referral.border,
    "action_office_info": office_choice.office_info,
    "action_stop": leaving.stop,
    "action_erase_sure": leaving.erase_sure,
    "action_erase": leaving.erase,
    "action_same_person": leaving.same_person,
    "action_same_person_no": leaving.same_person_no,
    "action_danger": cards.danger,
    "action_unclear": keeping.with_keeping(unclear.unclear),
    "action_not_understood": keeping.with_keeping(unclear.not_understood),
    "action_keep_unclear": keeping.answered,
}


def build_executor(known: Knowledge) -> ActionExecutor:
    """An executor that knows every action."""
    executor = ActionExecutor()
    for name, answering in ACTIONS.items():
        offered = language_offer.with_offer(name, answering)
        executor.register_action(Named(name, leaving.in_known_hands(name, offered), known))
    return executor
