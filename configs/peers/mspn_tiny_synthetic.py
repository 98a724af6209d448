# MSPN (Li et al., 2019) of one stage on generated people at 128x96: batches
# (16 persons) and training (4 epochs) of mlpe_tiny_synthetic.py. The widths
# are our choice. The stem has 64 channels in MMPose whatever the arguments, so
# this network needs four times the operations of mlpe_tiny_synthetic.py.
_base_ = ['../mlpe_tiny_synthetic.py', '../_base_/mspn50.py']

# one codec a level, coarse to fine, with MMPose's windows; the finest decodes
megvii = dict(type='MegviiHeatmap', **_base_.sizes, kernel_size=5)
levels = [dict(megvii, kernel_size=size) for size in (11, 9, 7, 5)]
codec = dict(_delete_=True, **megvii)
narrow = dict(_base_.mspn50_shared, _delete_=True, unit_channels=32)
backbone = dict(narrow, type='MSPN', num_blocks=[1, 1, 1, 1])
head = {**_base_.mspn50.head, **narrow}
head.update(out_shape=(32, 24), decoder=megvii)
model = dict(backbone=backbone, neck=None, head=head)
train_pipeline = [
    *_base_.before_target,
    dict(type='GenerateTarget', multilevel=True, encoder=levels),
    _base_.pack,
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
