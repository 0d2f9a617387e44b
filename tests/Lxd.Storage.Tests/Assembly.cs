// A process that another test starts holds this process's open files for a moment, also those that keep a pool busy.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
