#include "sigmaflow/run/fault.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <regex>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "sigmaflow/core/error.hpp"

namespace sigmaflow {

FaultPlan FaultPlan::from_environment() {
    const char* text = std::getenv("SIGMAFLOW_FAULT");
    return FaultPlan(text == nullptr ? "" : text);
}

FaultPlan::FaultPlan(const std::string& text) {
    if (text.empty()) return;
    static const std::regex form(R"((throw|sleep|race)@(\*|\d{1,18})(?:=(\d+(?:\.\d+)?))?)");
    std::stringstream words(text);
    for (std::string word; std::getline(words, word, ',');) {
        std::smatch parts;
        static const std::regex hanging(R"(hang@start=(\d{1,6}))");
        if (std::regex_match(word, parts, hanging)) {
            hanging_rank_ = std::stoi(parts[1]);
            continue;
        }
        static const std::regex breaking(R"(break@(engine|writer)=(\d{1,6}))");
        if (std::regex_match(word, parts, breaking)) {
            broken_.emplace_back(parts[1], std::stoi(parts[2]));
            continue;
        }
        if (!std::regex_match(word, parts, form) || (parts[1] == "sleep") != parts[3].matched) {
            throw InputError(
                "SIGMAFLOW_FAULT has '" + word + "'",
                "expected throw@TASK, sleep@TASK=SECONDS, race@TASK, hang@start=RANK, break@engine=RANK or "
                "break@writer=RANK");
        }
        Fault fault;
        fault.action = parts[1] == "sleep" ? Action::sleep : parts[1] == "race" ? Action::race : Action::fail;
        fault.all_tasks = parts[2] == "*";
        if (!fault.all_tasks) fault.task = std::stoull(parts[2]);
        if (parts[3].matched) fault.seconds = std::stod(parts[3]);
        faults_.push_back(fault);
    }
}

void FaultPlan::strike_start(int rank) const {
    while (rank == hanging_rank_) std::this_thread::sleep_for(std::chrono::seconds(1));
}

void FaultPlan::strike_rank(const std::string& place, int rank) const {
    if (std::ranges::find(broken_, std::pair(place, rank)) == broken_.end()) return;
    throw std::runtime_error("fault on demand in the " + place + " (SIGMAFLOW_FAULT)");
}

void FaultPlan::strike(std::uint64_t task) const {
    for (const auto& fault : faults_) {
        if (!fault.all_tasks && fault.task != task) continue;
        switch (fault.action) {
            case Action::fail: throw std::runtime_error("fault on demand (SIGMAFLOW_FAULT)");
            case Action::sleep: std::this_thread::sleep_for(std::chrono::duration<double>(fault.seconds)); break;
            case Action::race: ++races_; break;
        }
    }
}

}  // namespace sigmaflow
