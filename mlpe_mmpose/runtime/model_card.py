"""The description of an exported model in the ONNX file's metadata."""

import dataclasses
import json
from collections.abc import Mapping


@dataclasses.dataclass(frozen=True)
class ModelCard:
    """How to make the input of an exported graph and read its output.

    Each field is a key of the file's ``metadata_props``, with a JSON value.

    Note:
        - keypoint number: K

    Args:
        mlpe_mmpose (str): Version of mlpe_mmpose that wrote the file
        input_size (tuple[int, int]): Size of a crop in [w, h]
        padding (float): Size of the padded box, relative to the box
        use_udp (bool): Whether boxes are cropped as in UDP (2020)
        output (str): ``'keypoints'`` for keypoints and scores, or
            ``'heatmaps'``
        codec (str): The class that decodes the heatmaps, with
            ``(unbiased=True)`` if it decodes between the cells
        blur_window (int, optional): Window of the blur before decoding, in
            heatmap cells; ``None`` unless the codec is an ``MLPEHeatmap``
        peak (float, optional): Height of a perfect peak; ``None`` unless the
            codec is an ``MLPEHeatmap``
        flip_test (bool): Whether the graph averages over mirrored crops
        keypoint_names (tuple[str]): K names, in the order of the output
        dataset_name (str): Data set that defines the keypoints
        skeleton_links (tuple[tuple[int, int]]): Pairs of keypoints that a
            line connects; files of version 0.1 have none. Defaults to ()
        precision (str): ``'float32'``, or ``'int8'`` if the convolutions of
            the graph compute with 8 bits. Defaults to ``'float32'``
    """

    mlpe_mmpose: str
    input_size: tuple[int, int]
    padding: float
    use_udp: bool
    output: str
    codec: str
    blur_window: int | None
    peak: float | None
    flip_test: bool
    keypoint_names: tuple[str, ...]
    dataset_name: str
    skeleton_links: tuple[tuple[int, int], ...] = ()
    precision: str = 'float32'

    def to_properties(self) -> dict[str, str]:
        """Return the metadata of the file."""
        fields = dataclasses.asdict(self)
        return {name: json.dumps(value) for name, value in fields.items()}

    @classmethod
    def from_properties(cls, properties: Mapping[str, str]) -> 'ModelCard':
        """Read the metadata of a file; other keys are ignored.

        Raises:
            ValueError: If a key is missing, because another program has
                exported the file.
        """
        fields = dataclasses.fields(cls)
        missing = [
            field.name
            for field in fields
            if field.default is dataclasses.MISSING
            and field.name not in properties
        ]
        if missing:
            raise ValueError(
                f'{cls.__name__} finds no {", ".join(missing)} in the '
                "model's metadata. Export it with `python -m mlpe_mmpose "
                'export`.'
            )
        values = {
            field.name: json.loads(properties[field.name])
            for field in fields
            if field.name in properties
        }
        return cls(**{name: _freeze(value) for name, value in values.items()})


def _freeze(value: object) -> object:
    """Return lists of JSON as tuples, at any depth."""
    return tuple(map(_freeze, value)) if isinstance(value, list) else value
