import { boolean, integer, list, seconds } from '../option.ts';

export const sensorData = {
  send_sensor_data: boolean(false, 'Collect sensor data.', { deprecatedNames: ['conductor.send_sensor_data'] }),
  interval: seconds(600, 'How often sensors are read.', {
    min: 1,
    deprecatedNames: ['conductor.send_sensor_data_interval'],
  }),
  workers: integer(4, 'How many nodes are read at once.', {
    min: 1,
    deprecatedNames: ['conductor.send_sensor_data_workers'],
  }),
  wait_timeout: seconds(300, 'Time limit of a round.', {
    deprecatedNames: ['conductor.send_sensor_data_wait_timeout'],
  }),
  data_types: list(['ALL'], 'Sensor types.', { deprecatedNames: ['conductor.send_sensor_data_types'] }),
  enable_for_undeployed_nodes: boolean(false, 'Also read nodes that are not active.', {
    deprecatedNames: ['conductor.send_sensor_data_for_undeployed_nodes'],
  }),
  enable_for_conductor: boolean(true, 'Also send metrics of the conductor.'),
  enable_for_nodes: boolean(true, 'Node sensors.'),
};
