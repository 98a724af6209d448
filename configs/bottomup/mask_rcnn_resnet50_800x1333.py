# Mask R-CNN with keypoints (He et al., ICCV 2017), which is torchvision's. It
# resizes an image to 640 to 800 pixels, at most 1333. The schedule is
# torchvision's as well: 8 GPUs x 2 images, 46 epochs. Not yet measured;
# torchvision reports AP 65.0 for its own, without the images that have less
# than 10 labelled keypoints.
_base_ = ['../_base_/bottomup_coco.py']

weights = dict(type='Pretrained', checkpoint='torchvision://resnet50')
model = dict(
    _delete_=True,
    type='TorchvisionKeypointRCNN',
    backbone=dict(depth=50, init_cfg=weights),
    num_keypoints=17,
)

# images differ in size, so that cuDNN would search for each
env_cfg = dict(cudnn_benchmark=False)
train_cfg = dict(max_epochs=46, val_interval=2)
sgd = dict(type='SGD', lr=0.02, momentum=0.9, weight_decay=1e-4)
optim_wrapper = dict(optimizer=dict(sgd, _delete_=True))
drop = dict(type='MultiStepLR', milestones=[36, 43], end=46, gamma=0.1)
param_scheduler = [dict(_base_.warm_up, end=1000), drop]
auto_scale_lr = dict(base_batch_size=16)
