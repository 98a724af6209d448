# COCO's whole images at 512x512, for associative embedding: the codec, and
# all that depends on its sizes, as in MMPose's
# ae_hrnet-w32_8xb24-300e_coco-512x512.py, which has no training pipeline;
# this one is that of its dekr_hrnet-w32_8xb10-140e_coco-512x512.py.
_base_ = ['bottomup_coco.py']

sizes = dict(input_size=(512, 512), heatmap_size=(128, 128))
codec = dict(_base_.embedding, **sizes)
# heatmaps are decoded at the size of the input
decoder = dict(codec, heatmap_size=sizes['input_size'])

train_pipeline = [
    _base_.load_image,
    dict(type='BottomupRandomAffine', input_size=sizes['input_size']),
    _base_.flip_image,
    dict(type='GenerateTarget', encoder=codec),
    _base_.mask_unlabelled,
    _base_.pack_image,
]
val_pipeline = [
    _base_.load_image,
    dict(
        type='BottomupResize',
        input_size=sizes['input_size'],
        size_factor=64,
        resize_mode='expand',
    ),
    _base_.pack_image,
]
# 8 GPUs x 24 images, as MMPose's
train_dataloader = dict(batch_size=24, dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=val_pipeline))
test_dataloader = val_dataloader
