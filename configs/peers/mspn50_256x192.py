# MSPN (Li et al., 2019) of one stage with MLPE's recipe: 256x192, 8 GPUs x 32
# persons, 200 epochs. Not yet measured; with its own recipe MMPose reports AP
# 72.3. Network, head and losses are MMPose's.
_base_ = ['../_base_/256x192.py', '../_base_/mspn50.py']

# one codec a level, coarse to fine, with MMPose's windows; the finest decodes
megvii = dict(type='MegviiHeatmap', **_base_.sizes, kernel_size=5)
levels = [dict(megvii, kernel_size=size) for size in (11, 9, 7, 5)]
codec = dict(_delete_=True, **megvii)
head = dict(_base_.mspn50.head, out_shape=(64, 48), decoder=megvii)
model = dict(backbone=_base_.mspn50.backbone, head=head)
train_pipeline = [
    *_base_.before_target,
    dict(type='GenerateTarget', multilevel=True, encoder=levels),
    _base_.pack,
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
