# MLPE on AP-10K, 17 keypoints of animals: ResNeSt-50, 256x256; not in the
# paper. 8 GPUs x 32 animals, 200 epochs. Not yet measured. Files, input size
# and boxes (those of the annotations) are those of MMPose's configs.
_base_ = ['../_base_/256x256.py']

dataset_type = 'AP10KDataset'
data_root = 'data/ap10k/'
ann_file = 'annotations/ap10k-{}-split1.json'
val_file, test_file = ann_file.format('val'), ann_file.format('test')
images = dict(
    type=dataset_type, data_root=data_root, data_prefix=dict(img='data/')
)
train_set = dict(images, ann_file=ann_file.format('train'))
train_dataloader = dict(dataset=train_set)
val_dataloader = dict(dataset=dict(images, ann_file=val_file))
test_dataloader = dict(dataset=dict(images, ann_file=test_file))
val_evaluator = dict(ann_file=data_root + val_file)
test_evaluator = dict(ann_file=data_root + test_file)
