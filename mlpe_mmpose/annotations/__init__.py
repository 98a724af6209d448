"""The rules of annotations in COCO's format, for all parts of the package.

Training, metric, report and verbs check and complete annotations by this
folder alone. It needs NumPy and the standard library only.
"""
