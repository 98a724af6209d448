# Parts of networks that see whole images with all people in them, and not the
# crops of boxes. The values are those of MMPose's bottom-up configs.
flip_image = dict(type='FastRandomFlip', direction='horizontal')
# without the region of people that have no labels
mask_unlabelled = dict(type='BottomupGetHeatmapMask')
# not `category_id`: there are as many as people, and an image is one sample
pack_image = dict(
    type='PackPoseInputs',
    meta_keys=(
        'id',
        'img_id',
        'img_path',
        'crowd_index',
        'ori_shape',
        'img_shape',
        'input_size',
        'input_center',
        'input_scale',
        'flip',
        'flip_direction',
        'flip_indices',
        'raw_ann_info',
    ),
)
# the network gives a score to each person, and finds nobody twice
image_metric = dict(nms_mode='none', score_mode='bbox')

# Associative embedding (Newell et al., NIPS 2017): a heatmap and a map of
# tags for each keypoint; people are grouped by their tags, from the head down.
embedding = dict(
    type='AssociativeEmbedding',
    sigma=2,
    decode_topk=30,
    decode_center_shift=0.5,
    decode_keypoint_order=[
        *(0, 1, 2, 3, 4, 5, 6),
        *(11, 12, 7, 8, 9, 10, 13, 14, 15, 16),
    ],
    decode_max_instances=30,
)
embedding_head = dict(
    type='AssociativeEmbeddingHead',
    in_channels=32,
    num_keypoints=17,
    tag_dim=1,
    tag_per_keypoint=True,
    deconv_out_channels=None,
    keypoint_loss=dict(type='KeypointMSELoss', use_target_weight=True),
    tag_loss=dict(type='AssociativeEmbeddingLoss', loss_weight=0.001),
)
embedding_test = dict(
    _delete_=True,
    flip_test=True,
    shift_heatmap=False,
    # heatmaps are resized to the input before they are decoded
    restore_heatmap_size=True,
)
