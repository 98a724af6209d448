# MLPE on MPII, 16 keypoints: ResNeSt-50, 256x256; not in the paper. 8 GPUs x
# 32 persons, 200 epochs. Not yet measured. Files, input size and metric are
# those of MMPose's configs. MPII's annotations do not say which keypoints are
# occluded: all labelled keypoints count as visible.
_base_ = ['../_base_/256x256.py']

model = dict(head=dict(out_channels=16))
default_hooks = dict(checkpoint=dict(save_best='PCK'))

dataset_type = 'MpiiDataset'
data_root = 'data/mpii/'
images = dict(
    type=dataset_type, data_root=data_root, data_prefix=dict(img='images/')
)
train_set = dict(images, ann_file='annotations/mpii_train.json')
val_set = dict(
    images,
    ann_file='annotations/mpii_val.json',
    headbox_file=data_root + 'annotations/mpii_gt_val.mat',
)
train_dataloader = dict(dataset=train_set)
val_dataloader = dict(dataset=val_set)
test_dataloader = val_dataloader
val_evaluator = dict(_delete_=True, type='MpiiPCKAccuracy')
test_evaluator = val_evaluator
