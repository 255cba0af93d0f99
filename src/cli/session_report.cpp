#include "session_report.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <optional>

#include "sigmaflow/core/clock.hpp"
#include "sigmaflow/run/progress.hpp"
#include "sigmaflow/store/lock.hpp"

namespace sigmaflow {
namespace {

std::optional<LockHolder> writer(const std::string& path) {
    auto holder = lock_holder(path);
    if (holder && !holder->alive) holder.reset();
    return holder;
}

double heartbeat_age(const LockHolder& holder) { return std::max(0.0, unix_seconds() - holder.heartbeat_unix); }

bool has_ended(const Session& session) { return session.end_unix > 0.0; }

}  // namespace

Json writer_json(const std::string& path) {
    const auto holder = writer(path);
    if (!holder) return nullptr;
    return {{"host", holder->host},
            {"pid", holder->pid},
            {"job", holder->job_id},
            {"heartbeat_seconds", heartbeat_age(*holder)}};
}

Json sessions_json(const StoreReader& reader) {
    Json out = Json::array();
    for (const auto& session : reader.sessions()) {
        out.push_back({{"job", session.job_id},
                       {"hosts", session.hosts},
                       {"ranks", session.ranks},
                       {"threads", session.threads},
                       {"start", session.start_unix},
                       {"end", has_ended(session) ? Json(session.end_unix) : Json()},
                       {"exit_code", has_ended(session) ? Json(session.exit_code) : Json()}});
    }
    return out;
}

void print_sessions(const StoreReader& reader) {
    const auto job = [](const std::string& id) { return id.empty() ? std::string() : "job " + id + ", "; };
    const auto holder = writer(reader.path());
    if (holder) {
        fmt::print("being written by {}process {} on {}, last heard of {} ago\n", job(holder->job_id), holder->pid,
                   holder->host, readable_seconds(heartbeat_age(*holder)));
    }
    const auto sessions = reader.sessions();
    if (sessions.empty()) return;
    const Session& last = sessions.back();
    fmt::print("session {}: {}{} rank{} x {} thread{} on {}", sessions.size(), job(last.job_id), last.ranks,
               last.ranks == 1 ? "" : "s", last.threads, last.threads == 1 ? "" : "s", last.hosts);
    if (has_ended(last)) fmt::print(", ended with exit code {}", last.exit_code);
    if (!has_ended(last) && !holder) fmt::print(", did not end by itself");
    fmt::print("\n");
}

}  // namespace sigmaflow
