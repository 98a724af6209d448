# What every config shares: imports, hooks, logging, multi-processing. It is
# MMPose's default_runtime.py with the import of this package and its hooks.
# The comment of each hook says what breaks without it.
custom_imports = dict(imports=['mlpe_mmpose'], allow_failed_imports=False)
default_scope = 'mmpose'

default_hooks = dict(
    # In place of MMEngine's RuntimeInfoHook. With that one the log is the
    # same, but in every iteration the host waits for the GPU.
    runtime_info=dict(type='DeferredLogHook'),
    timer=dict(type='IterTimerHook'),
    logger=dict(type='LoggerHook', interval=50),
    param_scheduler=dict(type='ParamSchedulerHook'),
    # In place of MMEngine's CheckpointHook. With that one, a stop while a
    # checkpoint is written leaves a damaged file, under the name of the best
    # or the newest checkpoint.
    checkpoint=dict(
        type='AtomicCheckpointHook',
        interval=1,
        max_keep_ckpts=3,
        save_best='coco/AP',
        rule='greater',
    ),
    sampler_seed=dict(type='DistSamplerSeedHook'),
    visualization=dict(type='PoseVisualizationHook', enable=False),
    badcase=dict(
        type='BadCaseAnalysisHook',
        enable=False,
        out_dir='badcase',
        metric_type='loss',
        # on keypoints; stock takes the head's loss, which is on heatmaps
        metric=dict(type='SmoothL1Loss'),
        badcase_thr=5,
    ),
    # The next three stand here and not in `custom_hooks`, because a child
    # config replaces that list as a whole.
    # Without it, PyTorch 2.6 and later refuse the checkpoints that training
    # writes: neither `mim test` nor `--resume` can load them.
    plain_checkpoint=dict(type='PlainCheckpointHook'),
    # Without it, annotations without keypoints give an AP of -1 after a whole
    # validation, and a head that does not draw MLPEHeatmap's targets fails in
    # the first iteration with "no attribute '_gt_fields'".
    check_data=dict(type='CheckDataHook'),
    # Without it, a training that was stopped and resumed draws another
    # augmentation than one that was not, so its result is another.
    random_state=dict(type='RandomStateHook'),
    # Without it, a terminal shows nothing between two lines of the log. It
    # shows nothing where the output is no terminal.
    progress=dict(type='ProgressBarHook'),
    # Without it, the log ends without the command that tests the checkpoint.
    next_step=dict(type='NextStepHook'),
)

# MMPose's. Without it, each GPU validates with batch norm statistics of its
# own, and the checkpoint holds those of the first.
custom_hooks = [dict(type='SyncBuffersHook')]

env_cfg = dict(
    # our choice: cuDNN searches for the fastest algorithms once, because all
    # crops have one size
    cudnn_benchmark=True,
    mp_cfg=dict(mp_start_method='fork', opencv_num_threads=0),
    dist_cfg=dict(backend='nccl'),
)

vis_backends = [dict(type='LocalVisBackend')]
visualizer = dict(
    type='PoseLocalVisualizer', vis_backends=vis_backends, name='visualizer'
)

log_processor = dict(
    type='LogProcessor', window_size=50, by_epoch=True, num_digits=6
)
log_level = 'INFO'
load_from = None
resume = False
backend_args = dict(backend='local')

val_cfg = dict()
test_cfg = dict()
