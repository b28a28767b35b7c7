# A day in May with sun, clouds and trouble, on which every rule acts at least once. Times are UTC.
day 2024-05-21

00:00 battery_soc 66              # the night takes it below the soft reserve
00:00 price_peak 42 10:20 11:20   # known a day ahead, as on the exchange

08:15 hot_miner                   # the fan is blocked: over-temperature, an hour of lockout
08:22 cool_miner

09:50 cloud 0.45                  # a cloud that nobody forecast: less surplus, less power
10:00 cloud 1

11:33 cable_out                   # the miner no longer answers
11:40 cable_in
12:13 inverter_silent             # no readings of the house at all: degraded
12:18 inverter_back

12:55 car_arrives                 # 11 kW: the grid must help, the battery runs empty
13:58 car_leaves
