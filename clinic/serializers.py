"""Reading JSON as it is typed: nothing is converted in passing, no key is passed over."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from clinic.parsers import shown

_ISO_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_HEX: Final = "[0-9a-f]"
_UUID: Final = re.compile(rf"{_HEX}{{8}}-(?:{_HEX}{{4}}-){{3}}{_HEX}{{12}}", re.IGNORECASE)


class StrictCharField(serializers.CharField):
    default_error_messages = {"invalid": _("A text is expected here.")}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class StrictEmailField(serializers.EmailField):
    """An address, given as text. What is no text at all is told apart from what is no address."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            message = StrictCharField.default_error_messages["invalid"]
            raise serializers.ValidationError(message, code="invalid")
        return str(super().to_internal_value(data))


class StrictUUIDField(serializers.UUIDField):
    """The one way in which ids are answered: 8-4-4-4-12."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or not _UUID.fullmatch(data):
            self.fail(
                "invalid", value=shown(data) if isinstance(data, str) else type(data).__name__
            )
        return super().to_internal_value(data)


class StrictDateField(serializers.DateField):
    """YYYY-MM-DD, and nothing shorter."""

    default_error_messages = {"invalid": _("A date is expected here, as YYYY-MM-DD.")}

    def to_internal_value(self, value: Any) -> Any:
        if not isinstance(value, str) or not _ISO_DATE.fullmatch(value):
            self.fail("invalid")
        return super().to_internal_value(value)


class StrictBooleanField(serializers.BooleanField):
    default_error_messages = {"invalid": _("true or false is expected here.")}

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid")
        return data


class StrictIntegerField(serializers.IntegerField):
    default_error_messages = {"invalid": _("A whole number is expected here.")}

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            self.fail("invalid")
        return int(super().to_internal_value(data))


class StrictChoiceField(serializers.ChoiceField):
    """One of the values, of their own type: not “1” for 1, not true for 1."""

    def to_internal_value(self, data: Any) -> Any:
        known = [*self.choices, *([""] if self.allow_blank else [])]
        if not any(type(data) is type(value) and data == value for value in known):
            self.fail("invalid_choice", input=str(data)[:60])
        return data


class StrictSlugField(serializers.SlugRelatedField):
    """A code of the catalogue, given as text."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class StrictSerializer(serializers.Serializer):
    """Refuses keys that it does not know, or does not let anybody set."""

    default_error_messages = {
        "invalid": _("An object is expected here."),
        "unknown_key": _("This key is not known."),
        "read_only": _("This is set by the program."),
    }

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            self.fail("invalid")
        refused = {shown(key): self._why(key) for key in data if not self._may_set(key)}
        try:
            value = super().to_internal_value(data)
        except serializers.ValidationError as error:
            if isinstance(error.detail, dict):
                error.detail.update(refused)  # type: ignore[arg-type]
            raise
        if refused:
            raise serializers.ValidationError(refused)
        return value

    def _may_set(self, key: str) -> bool:
        return key in self.fields and not self.fields[key].read_only

    def _why(self, key: str) -> list[serializers.ErrorDetail]:
        code = "read_only" if key in self.fields else "unknown_key"
        return [serializers.ErrorDetail(str(self.error_messages[code]), code=code)]


class StrictModelSerializer(StrictSerializer, serializers.ModelSerializer):
    """Takes types and lengths from the model; whether values may stand is for the services."""

    serializer_choice_field = StrictChoiceField

    serializer_field_mapping: ClassVar[dict[Any, Any]] = {
        **serializers.ModelSerializer.serializer_field_mapping,
    }
    for _model_field, _field in list(serializer_field_mapping.items()):
        if _field is serializers.CharField:
            serializer_field_mapping[_model_field] = StrictCharField
        elif _field is serializers.EmailField:
            serializer_field_mapping[_model_field] = StrictEmailField
        elif _field is serializers.DateField:
            serializer_field_mapping[_model_field] = StrictDateField
        elif _field is serializers.BooleanField:
            serializer_field_mapping[_model_field] = StrictBooleanField
        elif _field is serializers.IntegerField:
            serializer_field_mapping[_model_field] = StrictIntegerField
    del _model_field, _field


class ProblemSerializer(serializers.Serializer):
    """One thing to mend."""

    path = serializers.CharField(
        help_text="Where: a JSON path of the body, or the name of a parameter or header."
    )
    code = serializers.CharField(help_text="For programs.")
    message = serializers.CharField(help_text="For people.")
    row = serializers.IntegerField(
        required=False, help_text="In a table that was sent: the row as a spreadsheet counts it."
    )
    column = serializers.CharField(
        required=False, allow_blank=True, help_text="And the name of the column."
    )


class ProblemsSerializer(serializers.Serializer):
    """Why a request was refused."""

    errors = ProblemSerializer(many=True)  # type: ignore[assignment]
