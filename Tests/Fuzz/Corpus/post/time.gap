scheduled_time: 2027-03-14T02:30
timezone: America/New_York
accounts: [acme]
