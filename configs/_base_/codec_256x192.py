# The codec of the input size 256x192, for COCO and for the generated people.
# The stride of 4 is CPN's; the windows, coarse to fine, are the release's.
sizes = dict(input_size=(192, 256), heatmap_size=(48, 64))
codec = dict(type='MLPEHeatmap', **sizes, kernel_sizes=(15, 11, 9, 7))
