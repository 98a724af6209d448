# COCO's whole images, for networks that find all people of an image. The
# paths and the hooks are those of the top-down configs; the schedules are
# those of the networks, which are too different for one.
_base_ = ['coco_recipe.py', 'bottomup.py']

data_mode = 'bottomup'
train_pipeline = [_base_.load_image, _base_.flip_image, _base_.pack_image]
val_pipeline = [_base_.load_image, _base_.pack_image]
whole = dict(data_mode=data_mode, pipeline=val_pipeline)
train_dataloader = dict(
    batch_size=2, dataset=dict(data_mode=data_mode, pipeline=train_pipeline)
)
val_dataloader = dict(batch_size=1, dataset=whole)
test_dataloader = dict(batch_size=1, dataset=dict(whole, bbox_file=None))
val_evaluator = _base_.image_metric
test_evaluator = val_evaluator
