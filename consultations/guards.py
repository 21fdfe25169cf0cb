"""What of the clinical record the database itself keeps from changing."""

from clinic.guards import (
    Above,
    AppendOnly,
    FrozenColumns,
    FrozenOnce,
    FrozenUnder,
    Guard,
    SameClinic,
)

_CLOSED = "a closed consultation never changes"
_PLAN = "a signed plan never changes"
_NEVER = "a signature never changes"
_SIGNATURES = ("consent", "preparation")
_CONSULTATION = "consultations_consultation"
_OF_CONSULTATION = (
    "concernentry",
    "conditionanswer",
    "allergyentry",
    "medicationentry",
    "labentry",
    "findingentry",
    "procedureentry",
    "closeddayentry",
    "productentry",
    "ruleoverride",
    "draftinput",
    "fieldchange",
    "prescriberquestion",
    "mapnote",
)
# Signed, or cancelled: both are closed for good.
_IS_CLOSED = "(c.signed_at IS NOT NULL OR c.cancelled_at IS NOT NULL)"
_ITS_CONSULTATION = f"FROM {_CONSULTATION} c WHERE c.id = {{row}}.consultation_id"
_UNDER = Above(rows=_ITS_CONSULTATION, closed=_IS_CLOSED)
_UNDER_UNSIGNED = Above(rows=_ITS_CONSULTATION, closed="c.signed_at IS NULL")
_FROM_ANOTHER = Above(
    rows=f"FROM {_CONSULTATION} c WHERE c.id = {{row}}.copied_from_id",
    closed="(c.signed_at IS NULL OR c.patient_id <> {row}.patient_id)",
)
_UNDER_PRODUCT = Above(
    rows=f"FROM consultations_productentry p JOIN {_CONSULTATION} c"
    " ON c.id = p.consultation_id WHERE p.id = {row}.product_id",
    closed=_IS_CLOSED,
)
_UNDER_PROPOSAL = Above(
    rows=f"FROM consultations_proposal p JOIN {_CONSULTATION} c"
    " ON c.id = p.consultation_id WHERE p.id = {row}.proposal_id",
    closed=_IS_CLOSED,
)
_UNDER_PLAN = Above(
    rows=f"FROM consultations_plan p JOIN {_CONSULTATION} c"
    " ON c.id = p.consultation_id WHERE p.id = {row}.plan_id",
    closed=_IS_CLOSED,
)
_UNDER_SESSION = Above(
    rows="FROM consultations_plansession s"
    f" JOIN consultations_plan p ON p.id = s.plan_id JOIN {_CONSULTATION} c"
    " ON c.id = p.consultation_id WHERE s.id = {row}.session_id",
    closed=_IS_CLOSED,
)
GUARDS: tuple[Guard, ...] = (
    FrozenOnce(
        table=_CONSULTATION,
        closed="({row}.signed_at IS NOT NULL OR {row}.cancelled_at IS NOT NULL)",
        message=_CLOSED,
    ),
    *(
        FrozenUnder(table=f"consultations_{name}", closed=_UNDER, message=_CLOSED)
        for name in _OF_CONSULTATION
    ),
    FrozenUnder(table="consultations_productpart", closed=_UNDER_PRODUCT, message=_CLOSED),
    FrozenUnder(table="consultations_decision", closed=_UNDER_PROPOSAL, message=_CLOSED),
    FrozenUnder(table="consultations_proposal", closed=_UNDER, message=_CLOSED, events=("INSERT",)),
    FrozenOnce(
        table="consultations_prescriberquestion",
        closed="{row}.answer <> ''",
        message="an answer never changes",
    ),
    FrozenColumns(
        table="consultations_prescriberquestion",
        columns=(
            "id",
            "clinic_id",
            "consultation_id",
            "rule",
            "area_id",
            "treatment_id",
            "grounds",
            "text",
            "asked_at",
            "asked_by_id",
        ),
        message="a question that was asked never changes",
    ),
    AppendOnly(table="consultations_proposal", message="a proposal never changes"),
    *(
        FrozenUnder(
            table=f"consultations_{name}", closed=_UNDER, message=_CLOSED, events=("INSERT",)
        )
        for name in _SIGNATURES
    ),
    *(AppendOnly(table=f"consultations_{name}", message=_NEVER) for name in _SIGNATURES),
    # What is taken back is taken back after signing, too.
    AppendOnly(
        table="consultations_consentwithdrawal",
        message="a withdrawal never changes",
    ),
    SameClinic(
        table="consultations_consentwithdrawal", column="consent_id", parent="consultations_consent"
    ),
    AppendOnly(
        table="consultations_adverseevent",
        message="an adverse event never changes",
    ),
    *(
        SameClinic(
            table="consultations_adverseevent",
            column=column,
            parent=f"consultations_{parent}",
            ours=ours,
            theirs=ours,
            message="the event is of another plan",
        )
        for column, parent, ours in (
            ("plan_id", "plan", "patient_id"),
            ("session_id", "plansession", "plan_id"),
            ("corrects_id", "adverseevent", "plan_id"),
        )
    ),
    *(
        SameClinic(
            table="consultations_adverseevent",
            column=f"{column}_id",
            parent=f"consultations_{parent}",
        )
        for column, parent in (
            ("patient", "patient"),
            ("plan", "plan"),
            ("session", "plansession"),
            ("corrects", "adverseevent"),
        )
    ),
    FrozenUnder(table="consultations_plan", closed=_UNDER, message=_PLAN, events=("INSERT",)),
    AppendOnly(table="consultations_plan", message=_PLAN),
    AppendOnly(table="consultations_sessionitem", message=_PLAN),
    FrozenUnder(
        table="consultations_sessionitem",
        closed=_UNDER_SESSION,
        message=_PLAN,
        events=("INSERT",),
    ),
    # Of a signed session only what became of it is told later.
    FrozenUnder(
        table="consultations_plansession",
        closed=_UNDER_PLAN,
        message=_PLAN,
        events=("INSERT", "DELETE"),
    ),
    FrozenColumns(
        table="consultations_plansession",
        columns=("id", "clinic_id", "plan_id", "number", "planned_on", "kind"),
        message=_PLAN,
    ),
    # And that once.
    FrozenOnce(
        table="consultations_plansession",
        closed="{row}.status <> 'scheduled'",
        message=_PLAN,
    ),
    AppendOnly(
        table="consultations_amendment",
        message="an amendment never changes",
    ),
    FrozenUnder(
        table="consultations_amendment",
        closed=_UNDER_UNSIGNED,
        message="only a signed consultation is amended",
        events=("INSERT",),
    ),
    AppendOnly(table="consultations_seenresult", message="what was seen stays seen"),
    SameClinic(table=_CONSULTATION, column="patient_id", parent="consultations_patient"),
    SameClinic(table=_CONSULTATION, column="copied_from_id", parent=_CONSULTATION),
    FrozenUnder(
        table=_CONSULTATION,
        closed=_FROM_ANOTHER,
        message="a consultation starts from a signed one of the same patient",
        events=("INSERT", "UPDATE"),
    ),
    *(
        SameClinic(table=f"consultations_{name}", column="consultation_id", parent=_CONSULTATION)
        for name in (*_OF_CONSULTATION, *_SIGNATURES, "proposal", "plan", "amendment", "presence")
    ),
    SameClinic(
        table="consultations_productpart",
        column="product_id",
        parent="consultations_productentry",
    ),
    SameClinic(
        table="consultations_decision", column="proposal_id", parent="consultations_proposal"
    ),
    *(
        SameClinic(
            table=f"consultations_{name}", column="proposal_id", parent="consultations_proposal"
        )
        for name in _SIGNATURES
    ),
    SameClinic(table="consultations_plan", column="patient_id", parent="consultations_patient"),
    SameClinic(table="consultations_plansession", column="plan_id", parent="consultations_plan"),
    *(
        SameClinic(
            table="consultations_blastresult",
            column=f"{name}_id",
            parent=f"consultations_{name}",
        )
        for name in ("proposal", "plan")
    ),
    SameClinic(
        table="consultations_seenresult", column="result_id", parent="consultations_blastresult"
    ),
    SameClinic(
        table="consultations_sessionitem",
        column="session_id",
        parent="consultations_plansession",
    ),
    # Told of a signed plan, when its session is marked.
    AppendOnly(
        table="consultations_itemnotgiven",
        message="what became of a session never changes",
    ),
    SameClinic(
        table="consultations_itemnotgiven", column="item_id", parent="consultations_sessionitem"
    ),
    SameClinic(
        table="consultations_itemnotgiven",
        column="withdrawal_id",
        parent="consultations_consentwithdrawal",
    ),
)
