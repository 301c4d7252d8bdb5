"""The settings of the service: one class per section, one validated YAML file, flags that override it.

Nothing is imported here, so that the site, which has MQTT and the form of the file in common with a line, needs neither
numpy nor OpenCV. The reference page, docs/reference/settings.md, is generated from the classes by
``python -m ocr_app.line.settings.reference``.
"""
