#pragma once
// Where each value of a configuration came from, so that a check of two values can name the line of
// one.
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "ops/problem.hpp"

namespace bitgrid::ops {

struct Origin {
    std::string file;  ///< path, or `environment` and the variable
    int line{0};       ///< from 1; 0 where there is none
};

class Places {
public:
    explicit Places(std::string file) : file_{std::move(file)} {}

    void note(std::string key, Origin origin) { origins_[std::move(key)] = std::move(origin); }

    /// Of the key, or the file as a whole where the value is a default.
    Origin of(std::string_view key) const {
        const auto found = origins_.find(key);
        return found == origins_.end() ? Origin{file_, 0} : found->second;
    }
    /// A value that could not be read must not be compared with others. Empty: the file as a whole.
    void mark_faulty(std::string key) { faulty_.insert(std::move(key)); }
    bool is_faulty(std::string_view key) const { return faulty_.contains(key); }

    Problem problem(std::string_view key, std::string what, std::string allowed) const {
        const Origin origin = of(key);
        return {origin.file, origin.line, std::string{key}, std::move(what), std::move(allowed)};
    }

private:
    std::string file_;
    std::map<std::string, Origin, std::less<>> origins_;
    std::set<std::string, std::less<>> faulty_;
};

}  // namespace bitgrid::ops
