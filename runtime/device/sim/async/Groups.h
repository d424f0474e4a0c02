// This file defines the bookkeeping of commit groups: cp.async and bulk copies of a thread, wgmma
// of a warp.
#ifndef AZULEJO_SIM_ASYNC_GROUPS_H
#define AZULEJO_SIM_ASYNC_GROUPS_H

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

namespace azulejo::sim::async {

// Operations that have been issued and not yet performed. The executor decides when: lazily at the
// wait that guarantees them, or earlier. Not for use by several threads at once.
template <typename Operation> class Groups {
public:
  // Adds an operation to the group that is open.
  void issue(Operation operation) { open.push_back(std::move(operation)); }

  // Closes the open group; an empty one counts too.
  void commit() {
    committed.push_back(std::move(open));
    open.clear();
  }

  // wait_group N: performs what is in all committed groups but the `keep` latest, oldest first.
  template <typename Perform> void wait(size_t keep, Perform &&perform) {
    while (committed.size() > keep) {
      std::vector<Operation> group = std::move(committed.front());
      committed.pop_front();
      for (Operation &operation : group)
        perform(operation);
    }
  }

  // cp.async.wait_all: performs everything, committed or not.
  template <typename Perform> void waitAll(Perform &&perform) {
    wait(0, perform);
    std::vector<Operation> rest = std::move(open);
    open.clear();
    for (Operation &operation : rest)
      perform(operation);
  }

  // Visits what wait(keep) would perform and leaves it queued: wait_group.read, where sources may
  // be reused but results are not yet visible.
  template <typename Visit> void visit(size_t keep, Visit &&visitor) {
    for (size_t i = 0; i + keep < committed.size(); ++i)
      for (Operation &operation : committed[i])
        visitor(operation);
  }

  // Visits everything that is queued, committed or not.
  template <typename Visit> void visitAll(Visit &&visitor) {
    visit(0, visitor);
    for (Operation &operation : open)
      visitor(operation);
  }

  // Performs one operation that is queued, chosen by `random`, out of any group: the hardware may
  // complete them in any order. Returns false if there is none.
  template <typename Perform> bool performOne(uint64_t random, Perform &&perform) {
    size_t count = pending();
    if (count == 0)
      return false;
    size_t index = size_t(random % count);
    for (std::vector<Operation> &group : committed) {
      if (index < group.size())
        return take(group, index, perform);
      index -= group.size();
    }
    return take(open, index, perform);
  }

  size_t committedGroups() const { return committed.size(); }

  // Operations issued and not performed.
  size_t pending() const {
    size_t count = open.size();
    for (const std::vector<Operation> &group : committed)
      count += group.size();
    return count;
  }

  // Operations issued since the last commit; at exit they were never waited for.
  size_t uncommitted() const { return open.size(); }

private:
  template <typename Perform>
  static bool take(std::vector<Operation> &group, size_t index, Perform &&perform) {
    Operation operation = std::move(group[index]);
    group.erase(group.begin() + ptrdiff_t(index));
    perform(operation);
    return true;
  }

  std::vector<Operation> open;
  std::deque<std::vector<Operation>> committed;
};

} // namespace azulejo::sim::async

#endif // AZULEJO_SIM_ASYNC_GROUPS_H
