# ruff: noqa: RUF009 - the defaults are declarations of attrs, not calls that are evaluated once
"""The settings file as a whole."""

from typing import Any, Iterator, Tuple

import attr

from ocr_app.core.yaml_tree import SETTINGS
from ocr_app.line.settings import fields
from ocr_app.line.settings.camera import CameraSettings
from ocr_app.line.settings.fields import section
from ocr_app.line.settings.loading import load_as
from ocr_app.line.settings.outputs import (
    ModbusSettings,
    MqttSettings,
    PlcSettings,
    RejectSettings,
    UploadSettings,
    WebhookSettings,
)
from ocr_app.line.settings.page import PageSettings
from ocr_app.line.settings.production import JournalSettings, PartsSettings, SourceSettings, TriggerSettings
from ocr_app.line.settings.reading import ImageSettings, ReaderSettings, RecipeSettings
from ocr_app.line.settings.serving import (
    FolderSettings,
    HealthSettings,
    HttpSettings,
    LimitSettings,
    LogSettings,
    OutputSettings,
)


@attr.s(auto_attribs=True, frozen=True, kw_only=True)
class ServiceSettings:
    """Everything that `ocr-app serve` can be asked for."""

    reader: ReaderSettings = section(ReaderSettings)
    recipe: RecipeSettings = section(RecipeSettings)
    image: ImageSettings = section(ImageSettings)
    http: HttpSettings = section(HttpSettings)
    folder: FolderSettings = section(FolderSettings)
    output: OutputSettings = section(OutputSettings)
    source: SourceSettings = section(SourceSettings)
    camera: CameraSettings = section(CameraSettings)
    trigger: TriggerSettings = section(TriggerSettings)
    parts: PartsSettings = section(PartsSettings)
    journal: JournalSettings = section(JournalSettings)
    mqtt: MqttSettings = section(MqttSettings)
    webhook: WebhookSettings = section(WebhookSettings)
    upload: UploadSettings = section(UploadSettings)
    modbus: ModbusSettings = section(ModbusSettings)
    plc: PlcSettings = section(PlcSettings)
    reject: RejectSettings = section(RejectSettings)
    page: PageSettings = section(PageSettings)
    limits: LimitSettings = section(LimitSettings)
    health: HealthSettings = section(HealthSettings)
    log: LogSettings = section(LogSettings)


def load(path: str) -> ServiceSettings:
    """The settings in a file. Raises UsageError for an unknown key, a wrong type or a value out of bounds."""
    found: ServiceSettings = load_as(ServiceSettings, path, SETTINGS)
    return found


def keys() -> Iterator[Tuple[str, Any]]:
    """Every key as (section, field), in the order of the reference page."""
    return fields.keys(ServiceSettings)
