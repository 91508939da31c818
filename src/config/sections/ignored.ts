// Options of Ironic's libraries that have no meaning here (log rotation, broker tuning, SQLAlchemy, …). An ironic.conf that
// sets them is read without a warning.
const words = (names: string): readonly string[] => names.trim().split(/\s+/);

export const ignored: Readonly<Record<string, readonly string[]>> = {
  DEFAULT: words(`
    api_paste_config backdoor_port backdoor_socket client_socket_timeout conn_pool_min_size conn_pool_ttl
    control_exchange default_log_levels executor_thread_pool_size fatal_deprecations graceful_shutdown_timeout
    instance_format instance_uuid_format log_config_append log_date_format log_options log_rotate_interval
    log_rotate_interval_type log_rotation_type logging_context_format_string logging_debug_format_suffix
    logging_default_format_string logging_exception_prefix logging_user_identity_format max_header_line
    max_logfile_count max_logfile_size_mb publish_errors rate_limit_burst rate_limit_except_level
    rate_limit_interval rpc_conn_pool_size rpc_ping_enabled rpc_response_timeout run_external_periodic_tasks
    syslog_log_facility tcp_keepidle use_eventlog use_journal use_stderr use_syslog watch_log_file
    wsgi_default_pool_size wsgi_keep_alive wsgi_log_format wsgi_server_debug
  `),
  database: words(`
    backend connection_debug connection_parameters connection_recycle_time connection_trace
    db_inc_retry_interval db_max_retries db_max_retry_interval db_retry_interval max_overflow max_retries
    mysql_enable_ndb mysql_sql_mode retry_interval slave_connection sqlite_synchronous use_db_reconnect
  `),
  oslo_messaging_amqp: words(`
    addressing_mode anycast_address broadcast_prefix connection_retry_backoff connection_retry_interval
    connection_retry_interval_max container_name default_notification_exchange default_notify_timeout
    default_reply_retry default_reply_timeout default_rpc_exchange default_send_timeout
    default_sender_link_timeout group_request_prefix idle_timeout link_retry_delay multicast_address
    notify_address_prefix notify_server_credit pre_settled pseudo_vhost reply_link_credit rpc_address_prefix
    rpc_server_credit sasl_config_dir sasl_config_name sasl_default_realm sasl_mechanisms server_request_prefix
    ssl ssl_ca_file ssl_cert_file ssl_key_file ssl_key_password ssl_verify_vhost trace unicast_address
  `),
  oslo_messaging_rabbit: words(`
    amqp_auto_delete amqp_durable_queues direct_mandatory_flag enable_cancel_on_failover heartbeat_in_pthread
    heartbeat_rate heartbeat_timeout_threshold kombu_compression kombu_failover_strategy
    kombu_missing_consumer_retry_timeout kombu_reconnect_delay rabbit_ha_queues rabbit_interval_max
    rabbit_login_method rabbit_qos_prefetch_count rabbit_quorum_delivery_limit rabbit_quorum_queue
    rabbit_quroum_max_memory_bytes rabbit_quroum_max_memory_length rabbit_retry_backoff rabbit_retry_interval
    rabbit_transient_queues_ttl ssl ssl_ca_file ssl_cert_file ssl_enforce_fips_mode
    ssl_enforce_hostname_verification ssl_key_file ssl_version
  `),
  oslo_messaging_kafka: words(`
    compression_codec conn_pool_min_size conn_pool_ttl consumer_group enable_auto_commit kafka_consumer_timeout
    kafka_max_fetch_bytes max_poll_records pool_size producer_batch_size producer_batch_timeout sasl_mechanism
    security_protocol ssl_cafile ssl_client_cert_file ssl_client_key_file ssl_client_key_password
  `),
  oslo_concurrency: words(`
    disable_process_locking lock_path
  `),
  ssl: words(`
    ca_file cert_file ciphers key_file version
  `),
  oslo_reports: words(`
    file_event_handler file_event_handler_interval log_dir
  `),
  oslo_versionedobjects: words(`
    fatal_exception_format_errors
  `),
};
